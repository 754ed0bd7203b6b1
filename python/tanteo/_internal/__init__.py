"""What every room uses: checks of arguments, safe text, files, optional packages. No part of the interface."""
