package import Campaigns

extension Words {
  package static let reminderOf = Words("Reminder of %.", "Erinnerung zu %.")
  package static let followUpOf = Words("Follow-up of %.", "Folgebrief zu %.")
  package static let lettersNeedless = Words(
    "letters not needed: nothing is left to do", "Briefe nicht nötig: nichts mehr zu tun")
}

extension Following {
  /// What the campaign is to the one that it follows, with a gap for that one's name.
  package var words: Words { kind == .reminder ? .reminderOf : .followUpOf }
}
