/// Released migrations, each from one format to the next. None is ever edited.
extension SpoolSchema {
  static let format7 = limitsOfFormat7 + destinationsOfFormat7 + canaryOfFormat7

  private static let limitsOfFormat7 = ""

  private static let destinationsOfFormat7 = ""

  private static let canaryOfFormat7 = ""
}
