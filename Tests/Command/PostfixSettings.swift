import Foundation
import TestSupport

/// The configuration files of a private Postfix: everything it needs lies in one folder, nothing leaves the machine, no
/// name is looked up, and every message taken, whatever its recipient, goes to one Maildir.
struct PostfixSettings: Sendable {
  let folder: URL
  let options: PostfixRelay.Options
  let port: Int
  let tlsPort: Int
  let certificates: TestCertificates?
  /// Owner of the delivered letters: Postfix refuses to deliver as root.
  let owner: (user: uid_t, group: gid_t)

  func write() throws {
    let files = FileManager.default
    for name in ["etc", "etc/sasl", "spool", "data", "mail"] {
      let path = folder.appendingPathComponent(name).path
      try files.createDirectory(atPath: path, withIntermediateDirectories: false)
      chmod(path, 0o755)
    }
    try put(main, "etc/main.cf")
    try put(master, "etc/master.cf")
    // Debian's Postfix looks for the SASL settings in `sasl` beside main.cf and nowhere else.
    try put(sasl, "etc/sasl/smtpd.conf")
  }

  private func put(_ text: String, _ name: String) throws {
    let file = folder.appendingPathComponent(name)
    try text.write(to: file, atomically: false, encoding: .utf8)
    chmod(file.path, 0o644)
  }

  private var main: String {
    """
    compatibility_level = 3.6
    queue_directory = \(folder.path)/spool
    data_directory = \(folder.path)/data
    maillog_file = \(folder.path)/maillog
    maillog_file_prefixes = \(folder.path)
    myhostname = \(PostfixRelay.hostName)
    mydestination =
    mynetworks =\(options.login == nil ? " 127.0.0.0/8" : "")
    inet_interfaces = loopback-only
    inet_protocols = ipv4
    smtpd_peername_lookup = no
    alias_maps =
    alias_database =
    local_recipient_maps =
    local_header_rewrite_clients =
    default_transport = virtual
    relay_transport = virtual
    transport_maps = \(transports)
    virtual_mailbox_domains =
    virtual_mailbox_base = \(folder.path)/mail
    virtual_mailbox_maps = static:Maildir/
    virtual_uid_maps = static:\(owner.user)
    virtual_gid_maps = static:\(owner.group)
    virtual_minimum_uid = 1
    virtual_mailbox_limit = 0
    in_flow_delay = 0
    smtpd_recipient_restrictions =
    smtpd_reject_unlisted_recipient = no
    smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
    smtpd_client_connection_count_limit = 0
    smtpd_discard_ehlo_keywords = \(options.hiddenKeywords.joined(separator: ", "))
    smtputf8_enable = \(options.smtpUTF8 ? "yes" : "no")
    message_size_limit = \(options.messageSizeLimit)
    \(tls)
    smtpd_sasl_auth_enable = \(options.login == nil ? "no" : "yes")
    smtpd_sasl_path = smtpd
    smtpd_sasl_local_domain = \(PostfixRelay.hostName)
    smtpd_sasl_tls_security_options = noanonymous
    smtpd_sasl_security_options = noanonymous

    """
  }

  private var transports: String {
    let entries = options.returned.sorted { $0.key < $1.key }.map { "{ \($0.key) = error:\($0.value) }" }
    return entries.isEmpty ? "" : "inline:{ \(entries.joined(separator: ", ")) }"
  }

  private var tls: String {
    guard let certificates else { return "smtpd_tls_security_level = none\nsmtpd_tls_auth_only = no" }
    return """
      smtpd_tls_security_level = may
      smtpd_tls_auth_only = yes
      smtpd_tls_cert_file = \(certificates.certificate.path)
      smtpd_tls_key_file = \(certificates.key.path)
      """
  }

  private var master: String {
    let processes = options.processLimit.map(String.init) ?? "-"
    let wrapper = "127.0.0.1:\(tlsPort) inet n - n - \(processes) smtpd -o smtpd_tls_wrappermode=yes\n"
    return """
      127.0.0.1:\(port) inet n - n - \(processes) smtpd
      \(certificates == nil ? "" : wrapper)cleanup unix n - n - 0 cleanup
      qmgr unix n - n 300 1 qmgr
      tlsmgr unix - - n 1000? 1 tlsmgr
      rewrite unix - - n - - trivial-rewrite
      bounce unix - - n - 0 bounce
      defer unix - - n - 0 bounce
      trace unix - - n - 0 bounce
      flush unix n - n 1000? 0 flush
      proxymap unix - - n - - proxymap
      showq unix n - n - - showq
      error unix - - n - - error
      retry unix - - n - - error
      virtual unix - n n - - virtual
      anvil unix - - n - 1 anvil
      postlog unix-dgram n - n - 1 postlogd

      """
  }

  private var sasl: String {
    """
    pwcheck_method: auxprop
    auxprop_plugin: sasldb
    sasldb_path: \(folder.path)/sasldb2
    mech_list: \(options.login?.mechanisms ?? "PLAIN")

    """
  }
}
