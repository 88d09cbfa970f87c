"""What an actor may read of projects, cases and readings; everything starts from the visible set."""
