/// Released migrations, each from one format to the next. None is ever edited.
extension PostgresSchema {
  /// Changes nothing.
  static let format2 = "DO $$ BEGIN END $$"
}
