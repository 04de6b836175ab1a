"""Line events from `sys.settrace` (Python 3.11)."""
