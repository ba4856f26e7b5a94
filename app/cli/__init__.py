"""app cli."""
