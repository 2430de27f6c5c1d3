from functools import wraps


def logged(function):
    @wraps(function)
    def inner(*args, **kwargs):
        print(function)
        return function(*args, **kwargs)

    return inner
