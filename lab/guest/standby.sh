# As a customer hands it over: certificates are there, no data directory, no service.
rm -f /root/secrets
