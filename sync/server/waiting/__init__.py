"""Clients that wait for changes of a folder, ten thousand in one process.

Read from the inside out: `room` is who waits, `admission` who may, `door` asks that for many at
once, `holding` holds one client, `rousing` tells them to look again, `endpoint` is the HTTP of it
and `serving` the process. Nothing waits in a thread, and nothing here changes a folder.
"""
