//! By what is a clock moved?

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::choice::PlacedRequest;
use super::{ClockError, Rounding};

/// How long a backend may take to put its clock forward.
const PATIENCE: Duration = Duration::from_secs(10);

/// By what a clock is moved.
#[derive(Debug)]
pub(super) enum Lever {
    /// The backend does it when it is asked.
    Request(PlacedRequest),
    /// The processes read how far they are ahead.
    File(PathBuf),
}

impl Lever {
    /// Returns the nearest time that can be told.
    pub(super) fn rounded(&self, by: Duration, rounding: Rounding) -> Duration {
        let up = rounding == Rounding::Up;
        let (millis, part) = (by.as_millis(), by.subsec_nanos() % 1_000_000);
        let millis = u64::try_from(millis).unwrap_or(u64::MAX).saturating_add(u64::from(up && part > 0));
        match self {
            Self::Request(request) if request.by_whole_seconds() => {
                let part = millis % 1000;
                Duration::from_secs((millis / 1000).saturating_add(u64::from(up && part > 0)))
            }
            Self::Request(_) | Self::File(_) => Duration::from_millis(millis),
        }
    }

    /// Moves the clock by so much; then it is ahead by `further`.
    pub(super) async fn pull(&self, by: Duration, further: Duration) -> Result<(), ClockError> {
        match self {
            Self::Request(request) => {
                let request = request.filled(by)?;
                let Ok(answer) = tokio::time::timeout(PATIENCE, request.send()).await else {
                    let (method, url) = (&request.method, &request.url);
                    let detail = tr!(
                        "{method} {url} was not answered within {seconds} s",
                        seconds = PATIENCE.as_secs(),
                        method,
                        url
                    );
                    return Err(ClockError::Refused(detail));
                };
                let answer = answer.map_err(|error| ClockError::Refused(error.to_string()))?;
                if (200..300).contains(&answer.status) {
                    return Ok(());
                }
                let detail = tr!(
                    "{method} {url} was answered {status}, expected a status from 200 to 299",
                    method = request.method,
                    url = request.url,
                    status = answer.status
                );
                Err(ClockError::Refused(detail))
            }
            Self::File(path) => {
                write(path, further).map_err(|cause| ClockError::File { path: path.clone(), cause })
            }
        }
    }
}

/// Writes how far the processes are ahead. They read it at any moment, so it is replaced in one step.
fn write(path: &Path, ahead: Duration) -> std::io::Result<()> {
    let next = path.with_extension("next");
    std::fs::write(&next, format!("+{}.{:03}\n", ahead.as_secs(), ahead.subsec_millis()))?;
    std::fs::rename(&next, path)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Lever, Rounding};
    use crate::backend::clock::ClockChoice;

    fn lever(text: &str) -> Lever {
        let ClockChoice::Request(request) = text.parse().unwrap() else { panic!("{text} is no request") };
        Lever::Request(request.at(&"http://127.0.0.1/".parse().unwrap()).unwrap())
    }

    #[test]
    fn a_fraction_is_left_out_or_made_whole_where_it_cannot_be_told() {
        let fine = Duration::from_nanos(1_500_000_001);
        let told = |lever: &Lever| {
            [Rounding::Down, Rounding::Up].map(|rounding| lever.rounded(fine, rounding).as_millis())
        };
        assert_eq!(told(&lever("/{seconds}")), [1000, 2000]);
        assert_eq!(told(&lever("/{millis}")), [1500, 1501]);
        assert_eq!(told(&Lever::File("x".into())), [1500, 1501]);
        let whole = Duration::from_secs(7200);
        assert_eq!(lever("/{seconds}").rounded(whole, Rounding::Up), whole);
    }
}
