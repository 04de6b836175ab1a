import sys

import beside

print(__name__, repr(__package__), __spec__.name, sys.argv, sys.path[0])
beside.work(*sys.argv[1:])
