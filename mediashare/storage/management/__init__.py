"""Commands of blobs and uploads."""
