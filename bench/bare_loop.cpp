// SPDX-License-Identifier: Apache-2.0
#include "bare_loop.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <numeric>
#include <random>

namespace attune::bench {
namespace {

struct ClassicImpl : torch::nn::Module {
  ClassicImpl(int64_t vocabulary, int64_t classes, bool additive)
      : embedding(register_module("embedding", torch::nn::Embedding(vocabulary, 16))),
        dense(register_module("dense", torch::nn::Linear(16, 16))),
        scores(register_module("scores", torch::nn::Linear(16, classes))) {
    if (additive) u = register_parameter("u", torch::randn({16, 1}) / 4);
  }

  torch::Tensor attention_scores(const torch::Tensor& x) {
    if (!u.defined()) return torch::bmm(x, x.transpose(1, 2));               // [B, T, T]
    return (x.unsqueeze(2) + x.unsqueeze(1)).tanh_().matmul(u).squeeze(-1);  // [B, T, T, 16] on the way
  }

  torch::Tensor forward(const torch::Tensor& ids, const torch::Tensor& present) {
    const auto x = embedding(ids);  // [B, T, 16]
    const auto raw = attention_scores(x);
    const auto masked = raw.masked_fill(present.unsqueeze(1).logical_not(), -std::numeric_limits<float>::infinity());
    const auto context = torch::bmm(torch::softmax(masked, -1), x);  // [B, T, 16]
    const auto kept = present.unsqueeze(-1).to(torch::kFloat);       // [B, T, 1]
    const auto pooled = (context * kept).sum(1) / kept.sum(1);       // [B, 16]
    return scores(torch::relu(dense(pooled)));
  }

  torch::nn::Embedding embedding;
  torch::nn::Linear dense, scores;
  torch::Tensor u;
};
TORCH_MODULE(Classic);

struct Batch {
  torch::Tensor ids, present, labels;
};

std::vector<Batch> make_batches(const EncodedTexts& texts, size_t size) {
  std::vector<size_t> order(texts.ids.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return texts.ids[a].size() < texts.ids[b].size(); });
  std::vector<Batch> batches;
  for (size_t first = 0; first < order.size(); first += size) {
    const auto count = std::min(size, order.size() - first);
    const auto longest = static_cast<int64_t>(texts.ids[order[first + count - 1]].size());
    auto ids = torch::zeros({static_cast<int64_t>(count), longest}, torch::kLong);
    auto present = torch::zeros({static_cast<int64_t>(count), longest}, torch::kBool);
    auto labels = torch::empty({static_cast<int64_t>(count)}, torch::kLong);
    for (size_t b = 0; b < count; ++b) {
      const auto& row = texts.ids[order[first + b]];
      std::copy(row.begin(), row.end(), ids[static_cast<int64_t>(b)].data_ptr<int64_t>());
      present[static_cast<int64_t>(b)].slice(0, 0, static_cast<int64_t>(row.size())).fill_(true);
      labels[static_cast<int64_t>(b)] = texts.labels[order[first + b]];
    }
    batches.push_back({ids, present, labels});
  }
  return batches;
}

}  // namespace

std::vector<double> run_bare_loop(const EncodedTexts& texts, const std::string& mechanism, int epochs, int threads) {
  at::set_num_threads(threads);
  torch::manual_seed(1);
  auto batches = make_batches(texts, 32);
  Classic network(texts.vocabulary, texts.classes, mechanism == "additive");
  torch::optim::Adam optimizer(network->parameters(), torch::optim::AdamOptions(1e-3));
  std::mt19937 shuffler(1);
  std::vector<double> speeds;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const auto start = std::chrono::steady_clock::now();
    std::shuffle(batches.begin(), batches.end(), shuffler);
    for (const auto& batch : batches) {
      optimizer.zero_grad();
      const auto loss = torch::nn::functional::cross_entropy(network(batch.ids, batch.present), batch.labels);
      loss.backward();
      optimizer.step();
    }
    const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    speeds.push_back(static_cast<double>(texts.ids.size()) / seconds);
  }
  return speeds;
}

std::string libtorch_version() { return TORCH_VERSION; }

}  // namespace attune::bench
