"""What a rule means: pure, no input or output; knows no case and no screen."""
