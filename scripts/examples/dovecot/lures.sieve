# Lurewatch in Sieve (Dovecot Pigeonhole): the mail passes through the program `lurewatch` of sieve_filter_bin_dir.
# Without a verdict the filter fails and the mail stays as it came.
require ["vnd.dovecot.filter", "fileinto", "mailbox"];

filter "lurewatch";

if header :matches "X-Lurewatch" "flagged*" {
	fileinto :create "Lures";
}
