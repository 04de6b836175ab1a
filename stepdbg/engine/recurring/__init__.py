"""Whether a run has come back to a state that it had before.

Owns: the picture of a state; which code and which functions in C run between two states; the proof
of a livelock.
Does not own: the run, and when to look (exploring), the words of a failure (exploring.trying).
May be imported by: exploring.

    pictures   all values that tasks lead to, in an order that repeats
    executed   the code that runs meanwhile, and whether it asks anything outside of the picture
    livelocks  the search for a state that comes again
"""
