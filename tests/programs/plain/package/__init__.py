import sys

print("package imported by", sys.argv)
