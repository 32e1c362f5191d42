"""What runs on an instance itself: it becomes what its group is, says so, and leaves in order."""
