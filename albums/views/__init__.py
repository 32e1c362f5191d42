"""The website's pages. A view finds, validates, makes one call inward and answers."""
