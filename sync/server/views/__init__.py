"""Pages of synced folders: each translates, and makes one call inward."""
