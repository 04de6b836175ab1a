"""An exception group inside another."""


def failing(number):
    raise ValueError(number)


errors = []
for number in range(2):
    try:
        failing(number)
    except ValueError as error:
        error.add_note(f"note {number}")
        errors.append(error)
raise ExceptionGroup("outer", [ExceptionGroup("inner", errors), KeyError("alone")])
