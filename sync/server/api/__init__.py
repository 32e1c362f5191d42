"""The endpoints of sync: they translate, and make one call inward."""
