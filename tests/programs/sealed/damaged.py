"""Does one kind of damage to the import system, stops, and goes on."""

import builtins
import importlib.machinery
import os
import resource
import sys

BEFORE_TRIO = dict(sys.modules)

import trio  # noqa: E402

LATER = [n for n in sys.stdlib_module_names if n not in sys.modules]


class Raises:
    def find_spec(self, name, path=None, target=None):  # noqa: ARG002
        raise SystemError(f"the finder was asked for {name}")


class Decorates:
    """Puts a mark into every module that is imported through it."""

    def find_spec(self, name, path=None, target=None):
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or not isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            return None
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            for each, value in list(vars(module).items()):
                if callable(value) and not isinstance(value, type):
                    vars(module)[each] = broken

        spec.loader.exec_module = exec_module
        return spec


def broken(*args, **kwargs):
    raise SystemError("a decorated function was called")


def raising_import(*args, **kwargs):
    raise SystemError("the program's own __import__ was called")


def reset_modules():
    sys.modules.clear()
    sys.modules.update(BEFORE_TRIO)


def hide_modules():
    for name in LATER:
        sys.modules[name] = None


def break_loaders():
    for loader in (importlib.machinery.SourceFileLoader, importlib.machinery.SourcelessFileLoader):
        loader.exec_module = loader.get_code = broken
    importlib.machinery.FileFinder.find_spec = broken


def use_up_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (50, 50))
    try:
        while True:
            os.open(os.devnull, os.O_RDONLY)
    except OSError:
        pass


def poison():
    for entry in list(sys.path_importer_cache):
        sys.path_importer_cache[entry] = None


def clear_hooks():
    sys.path_hooks.clear()
    sys.path_importer_cache.clear()


DAMAGES = {
    "nothing": lambda: None,
    "path emptied": sys.path.clear,
    "no finders": sys.meta_path.clear,
    "a finder that raises": lambda: sys.meta_path.insert(0, Raises()),
    "a finder that decorates": lambda: sys.meta_path.insert(0, Decorates()),
    "no path hooks": clear_hooks,
    "a poisoned cache": poison,
    "modules reset": reset_modules,
    "modules hidden": hide_modules,
    "another __import__": lambda: setattr(builtins, "__import__", raising_import),
    "broken loaders": break_loaders,
    "another folder": lambda: os.chdir("/"),
    "no descriptors": use_up_descriptors,
}


def finds(name):
    try:
        return getattr(__import__(name), "__name__", name)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"


async def child(number):
    while number:
        number -= 1
        await trio.lowlevel.checkpoint()
    return number


async def main():
    number = 3
    async with trio.open_nursery() as nursery:
        nursery.start_soon(child, 20)
        await trio.lowlevel.checkpoint()
        DAMAGES[sys.argv[1]]()
        breakpoint()
        number += 1
        await trio.lowlevel.checkpoint()
        number += 1
        number += 1
    found = [finds(name) for name in ("wave", "xml.sax", "stepdbg_nothing")]
    print("the program finds", number, *found, sep="|")


trio.run(main)
