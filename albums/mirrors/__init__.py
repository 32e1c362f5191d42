"""Albums as folders that computers keep, read-only. The other way round from `albums.following`.

A mirror is a folder of file sync whose journal is written by what the album shows. So a client
keeps it like any folder, by the same cursor, and no bytes are copied: the folder holds the blobs
of the album's items. `names` and `changes` decide, `keeping` writes, `offering` lets people in.
"""
