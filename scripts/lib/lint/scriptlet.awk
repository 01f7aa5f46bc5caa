# SPDX-License-Identifier: GPL-2.0-only
# The scriptlets, as the commands in them: they run under the installer's kernel, or
# one that goes with the next boot, so they may prepare files and no more.

function words(number, list,    w, i, n) {
	n = split(list, w, " ")
	for (i = 1; i <= n; i++)
		rule[w[i]] = number
}
BEGIN {
	words(401, "service initctl start-stop-daemon killall pkill kill rc-service invoke-rc.d init telinit reboot shutdown poweroff halt nohup setsid daemon xe-toolstack-restart")
	words(402, "modprobe insmod rmmod kexec")
	words(403, "curl wget nc ncat ssh scp sftp rsync ftp telnet ping git host dig nslookup")
	words(405, "xe xl xenstore-read xenstore-ls dmidecode lspci lsusb lsmod hostname ip ifconfig ethtool")
	words(408, "yum dnf rpmdb")
	means[401] = "starts or stops something"
	means[402] = "loads or unloads a module"
	means[403] = "uses the network"
	means[404] = "assumes the running kernel"
	means[405] = "assumes the running host"
	means[408] = "changes packages inside rpm's own transaction"
}

# A line as the commands in it: split where shell starts another one.
function bad(number) { print number, rpm, "%" kind " line " line ": " means[number] ": " text }
function has(list, word) { return index(" " list " ", " " word " ") }
function judge(cmd, args) {
	if (cmd ~ /^\/etc\/(rc\.d\/)?init\.d\//)
		return bad(401)
	sub(/.*\//, "", cmd)
	if (cmd in rule && !(cmd == "modprobe" && args ~ /(^| )(-n|--dry-run|--show-depends|-D|-c)( |$)/))
		bad(rule[cmd])
	if (cmd == "systemctl" && (args ~ /(^| )(re|try-re|cond-?re)?(start|stop|load|kill|isolate|reboot)( |$)/ || args ~ /--now/))
		bad(401)
	if (cmd == "rpm" && args ~ /(^| )(-[A-Za-z]*[UieF][A-Za-z]*|--(install|upgrade|erase|import|freshen))( |$)/ && args !~ /(^| )-q/)
		bad(408)
	if (cmd == "uname" && (args == "" || args ~ /(^| )-[a-z]*[ra]/))
		bad(404)
	if ((cmd == "depmod" || cmd == "dracut" || cmd == "mkinitrd" || cmd == "new-kernel-pkg") && args !~ /[0-9]+\.[0-9]+|\$/)
		bad(404)
}
function commands(s,    piece, n, i, cmd) {
	gsub(/'[^']*'/, "''", s)
	gsub(/[0-9]*[<>]+&[0-9-]|&>/, " ", s)
	n = split(s, piece, /[;|(){}`&]+/)
	for (i = 1; i <= n; i++) {
		s = piece[i]
		gsub(/[ \t]+/, " ", s)
		sub(/^ /, "", s)
		while (sub(/^((if|then|else|elif|do|while|until|exec|env|time|!|command|\[) |[A-Za-z_][A-Za-z0-9_]*=[^ ]* )/, "", s))
			;
		cmd = s
		sub(/ .*/, "", cmd)
		judge(cmd, substr(s, length(cmd) + 2))
	}
}

$2 == "name" { rpm = $1; rpms[++nr] = rpm }
$2 == "script" {
	prog = $4
	sub(/ .*/, "", prog)
	if (prog !~ /^((\/usr)?\/bin\/(sh|bash|true)|(\/usr)?\/sbin\/(ldconfig|depmod)|<lua>)$/)
		print 406, rpm, "%" $3 " is run by " prog
	heredoc = ""
	if (prog ~ /depmod$/)
		depmod[rpm, $3] = 1
	next
}
$2 == "file" && $3 == 10 && $6 ~ /^(\/usr)?\/lib\/modules\/.*\.ko(\.[a-z0-9]+)?$/ { modules[rpm] = 1 }
$2 != "line" { next }
{ kind = $3; line = $4; text = substr($0, length($1 $2 $3 $4) + 5) }
line == 1 { heredoc = "" }
heredoc != "" {
	sub(/^\t*/, "", text)
	if (text == heredoc)
		heredoc = ""
	next
}
text ~ /^[ \t]*#/ { next }
{ sub(/^[ \t]+/, "", text); shell = text; sub(/[ \t]#.*/, "", shell) }
match(shell, /<<-?[ \t]*['"\\]?[A-Za-z_][A-Za-z0-9_-]*/) {
	heredoc = substr(shell, RSTART, RLENGTH)
	sub(/^<<-?[ \t]*['"\\]?/, "", heredoc)
}
shell ~ /(depmod|weak-modules)/ { depmod[rpm, kind] = 1 }
shell ~ /[^&>|;]&[ \t]*($|[^&>0-9])/ { bad(401) }
shell ~ /\/dev\/(tcp|udp)\// { bad(403) }
shell ~ /\/proc\/(version|sys\/kernel\/osrelease)/ { bad(404) }
shell ~ /xensource-inventory|INSTALLATION_UUID|\/proc\/modules|\/sys\/(module|class|bus)\// { bad(405) }
{ commands(shell) }
END {
	for (i = 1; i <= nr; i++) {
		rpm = rpms[i]
		if (!modules[rpm])
			continue
		if (!depmod[rpm, "post"] && !depmod[rpm, "posttrans"])
			print 407, rpm, "neither %post nor %posttrans calls depmod"
		if (!depmod[rpm, "postun"])
			print 407, rpm, "%postun does not call depmod"
	}
}
