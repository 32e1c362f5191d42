"""What was done in a folder, gathered and in words: for a page, for programs, and for mail."""
