def work(*words):
    print("work", words)
    if words:
        raise ValueError(*words)
