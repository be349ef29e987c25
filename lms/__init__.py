"""The application: web pages, sign-in, jobs and commands around courses and media."""
