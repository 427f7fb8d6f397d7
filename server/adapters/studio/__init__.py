"""Where files of strangers are looked into: pictures and recordings, each in a child process of its own.

:mod:`desk` runs in the service and starts the children; everything else here runs in them alone. So the weight of FFmpeg and numpy,
and whatever a hostile file does to them, stays out of the service.
"""
