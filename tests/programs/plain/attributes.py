"""Everything that a program can see of how it was started."""

import sys

for name, value in list(globals().items()):
    print(name, type(value).__name__, repr(value).split(" at 0x")[0])
print("argv", sys.argv)
print("path", sys.path)
print("main", vars(sys.modules["__main__"]) is globals(), list(sys.modules).index("__main__"))
print("loader", getattr(__loader__, "name", None), getattr(__loader__, "path", None))
print("code", sys._getframe().f_code.co_filename)
print("first modules", list(sys.modules)[:10])
print("meta path", [getattr(each, "__name__", each) for each in sys.meta_path][-3:])
print("safe path", sys.flags.safe_path, "optimize", sys.flags.optimize, __debug__)
