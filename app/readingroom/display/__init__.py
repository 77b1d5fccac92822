"""What is shown and how, as values: stacks, views, cameras, words, graphics. Never Qt, VTK or the network."""
