import Operations
import Reports

/// For a hand-over, which delivers nothing: there is nobody to ask, and the page reports the result.
struct QuietObserver: DeliveryObserver {
  func note(_ event: DeliveryEvent) {}
  func confirm(_ question: LaunchQuestion) throws {}
  var progressInterval: Duration { .seconds(60) }
  func show(_ progress: CampaignStatus) {}
  func endProgress() {}
}
