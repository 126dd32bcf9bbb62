// swift-tools-version: 6.2
import PackageDescription

/// Every target is compiled in Swift 6 mode with the strict upcoming features.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

#if arch(arm64)
  let multiarch = "aarch64-linux-gnu"
#else
  let multiarch = "x86_64-linux-gnu"
#endif

/// As Debian has them. `pkgConfig` would find them too, but SwiftPM warns of other flags in GMime's and GLib's files.
let gmimeHeaders = ["/usr/include/gmime-3.0", "/usr/include/glib-2.0", "/usr/lib/\(multiarch)/glib-2.0/include"]

/// C wrapper targets: the only places where a C API and its unsafe pointers are seen.
let wrappers: [Target] = [
  .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl"), .linkedLibrary("ssl"), .linkedLibrary("crypto")]),
  .target(name: "CCommand"),
  // One connection to a PostgreSQL server.
  .target(name: "CPQ", linkerSettings: [.linkedLibrary("pq")]),
  // Datagrams to a service manager.
  .target(name: "CWorker"),
  .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("crypto")]),
  .target(name: "CIDN2", linkerSettings: [.linkedLibrary("idn2")]),
  .target(name: "CResolv", linkerSettings: [.linkedLibrary("resolv")]),
  .target(name: "CPSL", linkerSettings: [.linkedLibrary("psl")]),
  .target(name: "CZlib", linkerSettings: [.linkedLibrary("z")]),
  .target(name: "CZip", linkerSettings: [.linkedLibrary("zip")]),
  .target(name: "CExpat", linkerSettings: [.linkedLibrary("expat")]),
  .target(
    name: "CGMime", cSettings: [.unsafeFlags(gmimeHeaders.flatMap { ["-isystem", $0] })],
    linkerSettings: [.linkedLibrary("gmime-3.0"), .linkedLibrary("gobject-2.0"), .linkedLibrary("glib-2.0")]),
  // The libyaml inside Yams.
  .target(name: "CYAMLEvents", dependencies: [.product(name: "Yams", package: "Yams")]),
  // The files of Templates/, compiled into the binary with #embed.
  .target(name: "CTemplates"),
]

/// In the order of the imports: a module imports only what stands before it.
let modules: [Target] = [
  // Places at which a test ends the process; nothing in release builds.
  .target(
    name: "FaultPoints", swiftSettings: strict + [.define("FAULT_POINTS", .when(configuration: .debug))]),
  .target(name: "Files", dependencies: ["FaultPoints"], swiftSettings: strict),
  .target(name: "Mail", dependencies: ["COpenSSL", "CIDN2"], swiftSettings: strict),
  .target(name: "RelayLogs", dependencies: ["Files", "Mail", "CZlib"], swiftSettings: strict),
  // The rows of workbooks, .xlsx and .ods.
  .target(name: "Spreadsheets", dependencies: ["Files", "CZip", "CExpat"], swiftSettings: strict),
  .target(
    name: "Campaigns",
    dependencies: [
      "Files", "Mail", "Spreadsheets", "CPSL", "CYAMLEvents", .product(name: "Yams", package: "Yams"),
    ],
    swiftSettings: strict),
  // What is written down of a campaign: the receipts' format, their verification, approvals, and the states they tell of.
  .target(name: "Receipts", dependencies: ["Files", "Mail", "FaultPoints"], swiftSettings: strict),
  .target(
    name: "Letters",
    dependencies: [
      "Campaigns", "Files", "Mail", "CTemplates", .product(name: "Mustache", package: "swift-mustache"),
    ],
    swiftSettings: strict),
  // Pages and pictures of letters before they are sent, and which customers to look at.
  .target(name: "Preview", dependencies: ["Letters", "Campaigns", "Files", "Mail"], swiftSettings: strict),
  // What a delivery counts and times, and its text for Prometheus.
  .target(
    name: "Monitoring", dependencies: ["Files", .product(name: "CoreMetrics", package: "swift-metrics")],
    swiftSettings: strict),
  .target(
    name: "Queue",
    dependencies: [
      "Monitoring", "Receipts", "Campaigns", "Files", "Mail", "FaultPoints",
      .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
    ],
    swiftSettings: strict),
  // A queue that several machines reach: another store beside the SQLite one.
  .target(
    name: "PostgresQueue",
    dependencies: ["Queue", "Receipts", "Campaigns", "Files", "Mail", "FaultPoints", "CPQ"], swiftSettings: strict),
  .target(
    name: "Delivery",
    dependencies: [
      "Queue", "Monitoring", "Receipts", "Letters", "Campaigns", "Mail", "FaultPoints",
      .product(name: "Logging", package: "swift-log"),
    ],
    swiftSettings: strict),
  // Mails that came back: whose letter they are about, and what they say of it.
  .target(name: "Bounces", dependencies: ["Files", "Delivery", "CGMime"], swiftSettings: strict),
  .target(
    name: "SMTP",
    dependencies: ["Files", "Mail", "Campaigns", "Monitoring", "Delivery", "FaultPoints", "CCurl", "CCommand"],
    swiftSettings: strict),
  // DNS and relays looked at before a launch: who may send, whose signature counts, where answers arrive.
  .target(
    name: "Preflight", dependencies: ["Files", "Mail", "Campaigns", "Delivery", "SMTP", "CResolv", "CPSL"],
    swiftSettings: strict),
  .target(
    name: "Reports",
    dependencies: ["Bounces", "Delivery", "Queue", "Receipts", "Letters", "Campaigns", "Mail", "Files"],
    swiftSettings: strict),
  .target(
    name: "Rehearsal",
    dependencies: [
      .product(name: "NIOCore", package: "swift-nio"),
      .product(name: "NIOPosix", package: "swift-nio"),
    ],
    swiftSettings: strict),
]

/// What an operator can do, as functions that return values: what the command and a page call alike.
let operations: Target = .target(
  name: "Operations",
  dependencies: [
    "CWorker", .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
    "Mail", "Campaigns", "Letters", "Preview", "Monitoring", "Queue", "Delivery", "Bounces", "SMTP", "Preflight",
    "Reports", "Rehearsal", "RelayLogs", "Receipts", "Files", "FaultPoints",
    .product(name: "Logging", package: "swift-log"),
  ],
  swiftSettings: strict)

/// The status page.
let pages: Target = .target(
  name: "Pages",
  dependencies: [
    "Operations", "Mail", "Campaigns", "Letters", "Monitoring", "Queue", "Delivery", "Reports", "Receipts", "Files",
    .product(name: "Hummingbird", package: "hummingbird"),
    .product(name: "HummingbirdCore", package: "hummingbird"),
    .product(name: "HTTPTypes", package: "swift-http-types"),
    .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "Logging", package: "swift-log"),
    .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
  ],
  swiftSettings: strict)

let command: Target = .executableTarget(
  name: "eilbrief",
  dependencies: [
    "Pages", "Operations", "Mail", "Campaigns", "Letters", "Preview", "Queue", "PostgresQueue", "Delivery", "SMTP",
    "Preflight", "Reports",
    "Rehearsal", "RelayLogs", "Receipts", "Files", "FaultPoints",
    .product(name: "ArgumentParser", package: "swift-argument-parser"),
    .product(name: "Logging", package: "swift-log"),
    .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
    .product(name: "UnixSignals", package: "swift-service-lifecycle"),
  ],
  swiftSettings: strict)

/// What Benchmarks/signing measures.
let benchmark: Target = .executableTarget(
  name: "signing-rate", dependencies: ["Campaigns", "Letters", "Mail"], path: "Benchmarks/SigningRate",
  swiftSettings: strict)

/// How fast the scheduler decides, without a store.
let schedulingBenchmark: Target = .executableTarget(
  name: "scheduling-rate", dependencies: ["Campaigns", "Delivery"], path: "Benchmarks/SchedulingRate",
  swiftSettings: strict)

let tests: [Target] = [
  // What several test targets share.
  .target(name: "CSpawn", path: "Tests/Support/CSpawn"),
  .target(name: "TestSupport", dependencies: ["CSpawn"], path: "Tests/Support/TestSupport", swiftSettings: strict),
  // A relay and a clock for tests that deliver without a network.
  .target(
    name: "DeliverySupport", dependencies: ["Delivery", "Campaigns", "Mail"], path: "Tests/Support/DeliverySupport",
    swiftSettings: strict),
  .target(
    name: "RelaySupport", dependencies: ["Rehearsal"], path: "Tests/Support/RelaySupport", swiftSettings: strict),
  .testTarget(
    name: "FilesTests", dependencies: ["Files", "TestSupport"], path: "Tests/Unit/FilesTests",
    swiftSettings: strict),
  .testTarget(
    name: "PagesTests",
    dependencies: [
      "Pages", "Operations", "Reports", "Queue", "DeliverySupport", "TestSupport",
      .product(name: "HTTPTypes", package: "swift-http-types"),
    ], path: "Tests/Unit/PagesTests", swiftSettings: strict),
  .testTarget(
    name: "MonitoringTests",
    dependencies: ["Monitoring", "TestSupport", .product(name: "CoreMetrics", package: "swift-metrics")],
    path: "Tests/Unit/MonitoringTests", swiftSettings: strict),
  .testTarget(
    name: "MailTests", dependencies: ["Mail", "TestSupport"], path: "Tests/Unit/MailTests", swiftSettings: strict),
  .testTarget(
    name: "RelayLogsTests", dependencies: ["RelayLogs", "Mail", "TestSupport"], path: "Tests/Unit/RelayLogsTests",
    resources: [.copy("Samples")],
    swiftSettings: strict),
  .testTarget(
    name: "SpreadsheetsTests", dependencies: ["Spreadsheets", "Files", "TestSupport"],
    path: "Tests/Unit/SpreadsheetsTests",
    swiftSettings: strict),
  .testTarget(
    name: "CampaignsTests", dependencies: ["Campaigns", "Files", "Mail", "TestSupport"],
    path: "Tests/Unit/CampaignsTests",
    exclude: ["good-campaign.yaml"],
    swiftSettings: strict),
  .testTarget(
    name: "ReceiptsTests", dependencies: ["Receipts", "Files", "Mail", "TestSupport"], path: "Tests/Unit/ReceiptsTests",
    swiftSettings: strict),
  .testTarget(
    name: "LettersTests", dependencies: ["Letters", "Campaigns", "Mail", "TestSupport"],
    path: "Tests/Unit/LettersTests", swiftSettings: strict),
  .testTarget(
    name: "PreviewTests", dependencies: ["Preview", "Letters", "Campaigns", "Mail", "TestSupport"],
    path: "Tests/Unit/PreviewTests", swiftSettings: strict),
  // A PostgreSQL server in a folder of its own, which ends with the tests.
  .target(
    name: "PostgresSupport", dependencies: ["PostgresQueue", "TestSupport"], path: "Tests/Support/PostgresSupport",
    swiftSettings: strict),
  .testTarget(
    name: "QueueTests",
    dependencies: [
      "Queue", "PostgresQueue", "Receipts", "Campaigns", "Files", "Mail", "Simulation", "TestSupport",
      "PostgresSupport",
    ],
    path: "Tests/Unit/QueueTests",
    swiftSettings: strict),
  .testTarget(
    name: "PostgresQueueTests",
    dependencies: ["PostgresQueue", "Queue", "Receipts", "Mail", "TestSupport", "PostgresSupport"],
    path: "Tests/Unit/PostgresQueueTests", swiftSettings: strict),
  .testTarget(
    name: "DeliveryTests",
    dependencies: [
      "Delivery", "Monitoring", "Queue", "Receipts", "Letters", "Campaigns", "Mail", "TestSupport", "DeliverySupport",
      .product(name: "Logging", package: "swift-log"),
    ], path: "Tests/Unit/DeliveryTests",
    resources: [
      .copy("Replies/field-guide.tsv"), .copy("Replies/collected-a.tsv"), .copy("Replies/collected-b.tsv"),
      .copy("Replies/collected-c.tsv"), .copy("Replies/collected-d.tsv"),
    ],
    swiftSettings: strict),
  .testTarget(
    name: "BouncesTests", dependencies: ["Bounces", "Delivery", "Files", "TestSupport"],
    path: "Tests/Unit/BouncesTests", resources: [.copy("Mails")], swiftSettings: strict),
  .testTarget(
    name: "SMTPTests", dependencies: ["SMTP", "Delivery", "Campaigns", "Mail", "TestSupport"],
    path: "Tests/Unit/SMTPTests",
    resources: [.copy("Dialogues")],
    swiftSettings: strict),
  .testTarget(
    name: "PreflightTests", dependencies: ["Preflight", "SMTP", "Delivery", "Campaigns", "Mail", "TestSupport"],
    path: "Tests/Unit/PreflightTests",
    swiftSettings: strict),
  .testTarget(
    name: "ReportsTests",
    dependencies: ["Reports", "Delivery", "Queue", "Receipts", "Letters", "Campaigns", "Mail", "TestSupport"],
    path: "Tests/Unit/ReportsTests",
    swiftSettings: strict),
  .testTarget(
    name: "RehearsalTests", dependencies: ["Rehearsal", "RelaySupport", "TestSupport"],
    path: "Tests/Unit/RehearsalTests",
    swiftSettings: strict),
  .testTarget(
    name: "OperationsTests",
    dependencies: [
      "Operations", "Monitoring", "Preview", "Preflight", "Reports", "Rehearsal", "RelayLogs", "SMTP", "Delivery",
      "Queue", "Receipts", "Files", "Letters", "Campaigns", "Mail", "TestSupport", "DeliverySupport",
      .product(name: "Logging", package: "swift-log"),
    ],
    path: "Tests/Unit/OperationsTests", swiftSettings: strict),
  // The delivery in one thread, from a seed; `simulate` is run by SimulationTests and `make simulate`.
  .target(name: "CJobs", path: "Tests/Reliability/CJobs"),
  .target(
    name: "Simulation",
    dependencies: [
      "Delivery", "Queue", "Receipts", "Reports", "Campaigns", "Mail", "CJobs",
      .product(name: "Logging", package: "swift-log"),
    ],
    path: "Tests/Reliability/Simulation", swiftSettings: strict),
  .executableTarget(
    name: "simulate", dependencies: ["Simulation", "Delivery"], path: "Tests/Reliability/simulate",
    swiftSettings: strict),
  .testTarget(
    name: "SimulationTests", dependencies: ["simulate", "TestSupport"], path: "Tests/Reliability/SimulationTests",
    swiftSettings: strict),
  // The built command, as an operator runs it; with Postfix as relay.
  .testTarget(
    name: "CommandTests",
    dependencies: ["eilbrief", "Rehearsal", "RelaySupport", "SMTP", "TestSupport", "PostgresSupport"],
    path: "Tests/Command",
    exclude: ["Golden"],
    resources: [.copy("Judges")], swiftSettings: strict
  ),
  .target(name: "PowerCut", path: "Tests/Reliability/Preload/PowerCut"),
  // Preloaded by trials, never linked: it stands between a program and libc.
  .target(name: "StorageFaults", dependencies: ["PowerCut"], path: "Tests/Reliability/Preload/StorageFaults"),
  // The same, between a program and the wall clock.
  .target(name: "JumpingClock", path: "Tests/Reliability/Preload/JumpingClock"),
  // Crashes, power cuts, storage faults, stopped processes, clocks that jump, and the three books that must agree
  // afterwards.
  .target(
    name: "Trials", dependencies: ["Queue", "Receipts", "Mail", "Rehearsal", "TestSupport", "PowerCut"],
    path: "Tests/Reliability/Trials",
    swiftSettings: strict),
  // The long forms of the trials, run by `make reliability`.
  .executableTarget(
    name: "reliability",
    dependencies: ["Trials", "TestSupport", .product(name: "ArgumentParser", package: "swift-argument-parser")],
    path: "Tests/Reliability/reliability", swiftSettings: strict),
  .testTarget(
    name: "TrialTests", dependencies: ["eilbrief", "Trials", "Queue", "Receipts", "Mail", "Rehearsal", "TestSupport"],
    path: "Tests/Reliability/TrialTests",
    swiftSettings: strict),
]

/// Built only by `make fuzz`, with the sanitizers, apart from everything else.
let fuzzing: [Target] =
  Context.environment["EILBRIEF_FUZZING"] == nil
  ? []
  : [
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "SMTP", "Bounces", "Delivery", "Letters", "Receipts", "Campaigns", "Spreadsheets", "RelayLogs", "Mail",
      ],
      path: "Tests/Reliability/Fuzzing", exclude: ["README.md", "run", "Seeds"], swiftSettings: strict)
  ]

let package = Package(
  name: "eilbrief",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "eilbrief", targets: ["eilbrief"]),
    .library(name: "StorageFaults", type: .dynamic, targets: ["StorageFaults"]),
    .library(name: "JumpingClock", type: .dynamic, targets: ["JumpingClock"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: wrappers + modules + [operations, pages, command, benchmark, schedulingBenchmark] + tests + fuzzing)
