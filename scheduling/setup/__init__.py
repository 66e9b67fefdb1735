"""What a business sets up before it books: locations, rooms, services, staff and their hours."""
