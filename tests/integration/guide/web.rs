//! What stands in front: nginx as Debian has it, in the folder of a machine, with a certificate of its own.

use super::machine::Machine;

/// What Debian's package brings: the main settings, which include the site's, and a unit.
pub(super) fn install_nginx(machine: &Machine) {
    let root = machine.root();
    std::fs::create_dir_all(root.join("etc/nginx/conf.d")).unwrap();
    std::fs::create_dir_all(root.join("nginx")).unwrap();
    let root = root.display();
    let main = format!(
        "worker_processes 1;\npid {root}/run/nginx.pid;\nerror_log {root}/run/nginx.log warn;\n\
         events {{ worker_connections 512; }}\n\
         http {{\n  access_log {root}/run/nginx-access.log;\n  client_body_temp_path {root}/nginx/body;\n\
         proxy_temp_path {root}/nginx/proxy;\n  fastcgi_temp_path {root}/nginx/fastcgi;\n\
         uwsgi_temp_path {root}/nginx/uwsgi;\n  scgi_temp_path {root}/nginx/scgi;\n\
         include {root}/etc/nginx/conf.d/*.conf;\n}}\n"
    );
    std::fs::write(machine.root().join("etc/nginx/nginx.conf"), main).unwrap();
    let real = "PATH=/usr/sbin:/usr/bin:/usr/local/bin nginx -e \"$ROOT/run/nginx.log\" -p \"$ROOT/nginx\" -c \"$ROOT/etc/nginx/nginx.conf\"";
    machine.add_command("bin/nginx", &format!("{real} \"$@\""));
    let start = format!("if [ -s \"$ROOT/run/nginx.pid\" ]; then {real} -s reload; else {real}; fi");
    machine.add_command("package/nginx", &start);
}

/// A certificate for the guide's name, which curl on this machine trusts and looks for at this machine's address.
pub(super) fn certificate(machine: &Machine) {
    machine.run(
        "mkdir -p /etc/attache/tls && cd /etc/attache/tls && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
         -nodes -days 2 -keyout privkey.pem -out fullchain.pem -subj /CN=files.example.com \
         -addext subjectAltName=DNS:files.example.com 2>/dev/null",
    );
    let address = machine.here("listen 443 ");
    let address = address.trim_start_matches("listen ").trim();
    let root = machine.root().display();
    let curl = format!(
        "cacert = {root}/etc/attache/tls/fullchain.pem\nconnect-to = \"files.example.com:443:{address}\"\nmax-time = 300\n"
    );
    std::fs::write(machine.root().join(".curlrc"), curl).unwrap();
}
