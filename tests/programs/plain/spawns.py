"""Starts a process by multiprocessing's spawn, which imports the main module again."""

import multiprocessing


class Answer:
    def __init__(self, number):
        self.number = number


def work(number):
    return Answer(number * number)


if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print([answer.number for answer in pool.map(work, [1, 2, 3])])
