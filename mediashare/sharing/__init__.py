"""What all links have that let somebody in by an address: the address, a password, an end.

What a link opens, the app knows whose thing it is.
"""
