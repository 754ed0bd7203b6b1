"""What tests share: generated spaces with a second opinion on what is valid in them, histories, fresh processes."""
