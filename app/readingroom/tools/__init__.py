"""What the hand does on an image, without Qt: pointer state machines that make measurements and views."""
