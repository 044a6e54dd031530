rm -f /root/secrets
