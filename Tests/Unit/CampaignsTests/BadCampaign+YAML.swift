extension BadCampaign {
  /// What is no YAML, or more of YAML than is taken.
  static let yaml: [BadCampaign] = [
    BadCampaign(
      "duplicate-key",
      .insert(
        """
          what: Noch einmal
          happened: gestern
        """,
        after: "measures: Der Zugang wurde gesperrt"),
      expected: """
        campaign.yaml:8:3: duplicate key "what", first written in line 2; keep one of them
        campaign.yaml:9:3: duplicate key "happened", first written in line 3; keep one of them
        campaign.yaml:9:13: "incident.happened" is not a date: "gestern"; write year, month and day, as in 2026-11-20
        """),
    BadCampaign(
      "not-a-mapping",
      .whole("- eins\n- zwei\n"),
      expected: """
        campaign.yaml:1:1: this is not a campaign file; it must begin with keys such as "incident:" and "sender:"
        """),
    BadCampaign(
      "only-comments",
      .whole("# nothing\n"),
      expected: """
        campaign.yaml: the file is empty; "eilbrief init" shows what belongs into it
        """),
    BadCampaign(
      "yaml-alias-unknown",
      .replace("reply_to: support@kanzlei-it.example", with: "reply_to: *s"),
      expected: """
        campaign.yaml:11:13: anchors and aliases (& and *) are not taken here; write the value out, or put it in quotes
        """),
    BadCampaign(
      "yaml-anchor",
      .replace("from: Kanzlei-IT", with: "from: &s Kanzlei-IT"),
      .replace("reply_to: support@kanzlei-it.example", with: "reply_to: *s"),
      expected: """
        campaign.yaml:10:9: anchors and aliases (& and *) are not taken here; write the value out, or put it in quotes
        """),
    BadCampaign(
      "yaml-colon",
      .replace("what: Unbefugter", with: "what: Achtung: Unbefugter"),
      expected: """
        campaign.yaml:2:16: a text that holds ": ", or ends with a colon, belongs in quotes
        """),
    BadCampaign(
      "yaml-control",
      .replace("measures: Der", with: "measures: \u{7}Der"),
      expected: """
        campaign.yaml:7:13: a control character \\u{7} is not allowed here; remove it
        """),
    BadCampaign(
      "yaml-indent",
      .replace("happened:", with: " happened:"),
      expected: """
        campaign.yaml:3:4: "happened" is indented deeper than the key in line 2, and would belong to its text; indent keys of one group alike
        """),
    BadCampaign(
      "yaml-not-utf8",
      .latin1("Postfächern"),
      expected: """
        campaign.yaml:5:47: this is not UTF-8 text; save the file with the encoding UTF-8
        """),
    BadCampaign(
      "yaml-open-brace",
      .replace("LDA-1085.4-123}", with: "LDA-1085.4-123"),
      expected: """
        campaign.yaml:8:14: the bracket that opens here is not closed before line 9; close it, or put a text that holds [, ], { or } in quotes
        """),
    BadCampaign(
      "yaml-open-quote",
      .replace("what: Unbefugter", with: "what: \"Unbefugter"),
      expected: """
        campaign.yaml:2:9: the quotation mark that opens here is never closed; close it, or put a text with quotation marks in the other kind of quotes
        """),
    BadCampaign(
      "yaml-tab",
      .replace("  happened:", with: "\thappened:"),
      expected: """
        campaign.yaml:3:1: this line is indented with a tab; indent with blanks
        """),
    BadCampaign(
      "yaml-tag",
      .replace("connections: 8", with: "connections: !!int 8"),
      expected: """
        campaign.yaml:26:18: the tag "tag:yaml.org,2002:int" is not taken here; remove it, or put a text that begins with ! in quotes
        """),
    BadCampaign(
      "yaml-two-documents",
      .append(
        """
        ---
        incident: {}
        """),
      expected: """
        campaign.yaml:31:1: a second document begins here; remove the line "---"
        """),
  ]
}
