"""The service's side of file sync: an app with tables of its own."""
