"""Pickles objects of its own classes."""

import pickle


class Point:
    def __init__(self, x):
        self.x = x


def double(x):
    return 2 * x


copy = pickle.loads(pickle.dumps([Point(3), double]))
print(copy[0].x, copy[1](4), Point.__module__, type(copy[0]) is Point)
