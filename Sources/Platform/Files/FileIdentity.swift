/// What the system says of a file, by which one can tell that it is still the same and still unchanged.
package struct FileIdentity: Sendable, Equatable {
  /// A point in time, in seconds and nanoseconds of the system's clock.
  package struct Time: Sendable, Equatable {
    package let seconds: Int
    package let nanoseconds: Int
  }

  package let device: UInt64
  package let inode: UInt64
  package let byteCount: Int
  /// When the content was written last.
  package let modified: Time
  /// When anything about the file changed last; unlike `modified`, nobody can set it.
  package let changed: Time
  package let owner: UInt32
  package let permissions: UInt32

  init(_ status: stat) {
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(truncatingIfNeeded: status.st_ino)
    byteCount = Int(status.st_size)
    owner = UInt32(status.st_uid)
    permissions = UInt32(status.st_mode) & 0o7777
    let (modified, changed) = (status.modificationTime, status.changeTime)
    self.modified = Time(seconds: Int(modified.tv_sec), nanoseconds: Int(modified.tv_nsec))
    self.changed = Time(seconds: Int(changed.tv_sec), nanoseconds: Int(changed.tv_nsec))
  }

  /// Whether both are the same file with the same content, as far as its times tell. `changed` is not looked at: new
  /// links, new permissions and a file renamed over this one change it too.
  package func hasContent(of other: FileIdentity) -> Bool {
    device == other.device && inode == other.inode && byteCount == other.byteCount
      && modified == other.modified
  }

  /// Whether nobody but this user, or the system's administrator, can have written the file.
  package var isPrivate: Bool { (owner == geteuid() || owner == 0) && permissions & 0o022 == 0 }

  /// Whether a change of the content from now on is sure to show in `modified`. Right after a change it is
  /// not: clocks of file systems tick, some only every two seconds.
  package var isSettled: Bool {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return modified.seconds + 2 < Int(now.tv_sec)
  }
}
