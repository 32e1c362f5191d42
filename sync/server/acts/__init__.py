"""What takes many changes: to delete, to put back, to undo. In batches, resumed after any break.

`wishes` says what entries are to be, `ordering` in which order that is possible, `working` does
it a batch at a time, `doing` is what views and tasks ask. All of it are ordinary changes.
"""
