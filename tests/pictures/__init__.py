"""Small pictures in every format, made for the tests."""
