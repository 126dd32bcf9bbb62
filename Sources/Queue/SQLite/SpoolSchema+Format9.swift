/// Released migrations, each from one format to the next. None is ever edited.
extension SpoolSchema {
  /// Changes nothing.
  static let format9 = ""
}
