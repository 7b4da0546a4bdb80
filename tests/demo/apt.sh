# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# apt-cache as a second opinion: its own root with given index files, and a
# form of its answers and of pkggraph's that can be compared.  Runs on the host
# and under busybox.

apt_hard="--no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances"

# apt_root DIRECTORY GUEST-PATH INDEX...: nothing is installed, every index counts alike
apt_root() {
	apt_dir=$1
	apt_path=$2
	shift 2
	mkdir -p "$apt_dir/etc/apt/apt.conf.d" "$apt_dir/etc/apt/preferences.d" \
		"$apt_dir/var/lib/apt/lists/partial" "$apt_dir/var/lib/dpkg" \
		"$apt_dir/var/cache/apt/archives/partial"
	: > "$apt_dir/var/lib/dpkg/status"
	: > "$apt_dir/etc/apt/sources.list"
	apt_nr=0
	for apt_index; do
		apt_nr=$((apt_nr + 1))
		echo "deb [trusted=yes] file:/index/$apt_nr ./" >> "$apt_dir/etc/apt/sources.list"
		ln -sf "$apt_index" "$apt_dir/var/lib/apt/lists/_index_${apt_nr}_._Packages"
	done
	cat > "$apt_dir/apt.conf" <<-EOF
		Dir "$apt_path";
		Dir::State::status "$apt_path/var/lib/dpkg/status";
		Dir::Cache::pkgcache "pkgcache.bin";
		Dir::Cache::srcpkgcache "srcpkgcache.bin";
		Dir::Bin::dpkg "/bin/false";
		APT::Architecture "amd64";
		APT::Architectures { "amd64"; };
		Acquire::Languages "none";
	EOF
}

# apt_ask VERB NAME...: VERB is depends, rdepends, closure or show
apt_ask() {
	apt_verb=$1
	shift
	# shellcheck disable=SC2086
	case $apt_verb in
	show) apt-cache show --no-all-versions "$@" ;;
	closure) apt-cache depends --recurse -o APT::Cache::ShowOnlyFirstOr=true $apt_hard "$@" ;;
	*) apt-cache "$apt_verb" $apt_hard "$@" ;;
	esac
}

# comparable VERB: a filter for answers of either program.  Left out: solutions
# that apt-cache adds; virtual packages, which it lists but says nothing about;
# the order, where its own is a matter of its hash table; and the checksum of the
# description, which it moves or makes up.
comparable() {
	case $1 in
	depends) grep -v -e '^    ' -e '^$' ;;
	rdepends)
		awk '/^    / || !NF || $0 == "Reverse Depends:" { next }
			/^[^ ]/ { name = $0; next }
			name !~ /^</ { print name " <-" $0 }' | LC_ALL=C sort ;;
	closure) grep -v -e '^ ' -e '^<' -e '^$' | LC_ALL=C sort ;;
	show) grep -v -e '^$' -e '^Description-md5: ' | LC_ALL=C sort ;;
	esac
}
