"""What the application remembers: images, persons, labels and their history, predictions, rankings, rounds, users."""
