"""The pictures of the pages in docs/screenshots. `make screenshots` takes them anew."""
