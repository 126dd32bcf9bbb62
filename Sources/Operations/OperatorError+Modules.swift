import Campaigns
import Delivery
import Files
import Letters
import Mail
import Preview
import Queue
import Receipts
import Rehearsal
import RelayLogs

extension OperatorError {
  /// The errors of the modules below, by kind and with their message; nil for any other error.
  public init?(describing error: any Error) {
    switch error {
    case let error as CampaignFileError: self.init(.campaignFile, "the campaign file is wrong:\n\(error)")
    case let error as OperatorError: self = error
    case let error as CampaignKeysError: self.init(.campaignFile, "\(error)")
    case let error as SecretFileError: self.init(.campaignFile, "\(error)")
    case let error as CustomerFileError: self.init(.data, "the customer file is wrong:\n\(error)")
    case let error as PlanError: self.init(.data, "\(error)")
    case let error as PlanStagingError: self.init(.cannotWrite, "\(error)")
    case let error as TemplateError: self.init(.data, "the templates are wrong:\n\(error)")
    case let error as LetterError: self.init(.data, "\(error)")
    case let error as MessageError: self.init(.data, "\(error)")
    case PreviewError.noChromium:
      self.init(.cannotWrite, "\(error), or look at the letters in a browser with --open.")
    case let error as PreviewError: self.init(.cannotWrite, "\(error)")
    case let error as DKIMKeyError: self.init(.software, "letters cannot be signed with DKIM (“dkim”): \(error)")
    case let error as SMIMEError: self.init(.software, "letters cannot be signed with S/MIME (“smime”): \(error)")
    case let error as FileError:
      self.init(error.attempt == .lock || error.isOutOfDescriptors ? .stopped : .cannotWrite, "\(error)")
    case let error as StoreError: self.init(Self.kind(of: error), "\(error)")
    case SpoolLockError.cannotWrite(let error): self.init(Self.kind(of: error), "\(error)")
    case let error as SpoolLockError: self.init(.stopped, "\(error)")
    case let error as ApprovalFileError: self.init(.data, "\(error)")
    case let error as ReceiptSyntaxError: self.init(.data, "the receipts are damaged: \(error)")
    case let error as RelayLogError: self.init(.data, "nothing was settled: \(error)")
    case let error as FaultPlanError: self.init(.usage, "--faults: \(error)")
    case let error as RelayError: self.init(.cannotWrite, "the rehearsal relay: \(error)")
    case DeliveryError.leaseLost:
      self.init(
        .stopped, "another process took this campaign over while this one was stopped; nothing was recorded twice.")
    default: return nil
    }
  }

  private static func kind(of error: StoreError) -> Kind {
    switch error {
    case .noSpool, .campaignExists, .invalidCampaignChange, .cannotPurge, .purged: .usage
    case .newerVersion, .olderVersion, .notASpool, .unusable, .damaged, .cannotRead, .cannotWrite, .storageFailed,
      .databaseFailed:
      .cannotWrite
    case .busy, .held, .overtaken, .noDescriptors: .stopped
    case .invalidPlan, .receiptsDisagree: .data
    case .noSuchCampaign, .notPermitted, .invariant: .software
    }
  }
}
