import sys

from . import sibling
from .sibling import value

print(__name__, __package__, __spec__.name, sibling.__name__, value, sys.argv[1:])
